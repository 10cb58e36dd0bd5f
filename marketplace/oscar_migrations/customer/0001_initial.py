from importlib import import_module

Migration = import_module("oscar.apps.customer.migrations.0001_initial").Migration

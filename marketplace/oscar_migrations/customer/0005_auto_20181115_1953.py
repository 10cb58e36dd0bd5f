from importlib import import_module

Migration = import_module("oscar.apps.customer.migrations.0005_auto_20181115_1953").Migration

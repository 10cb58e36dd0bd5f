from importlib import import_module

Migration = import_module("oscar.apps.customer.migrations.0004_email_save").Migration

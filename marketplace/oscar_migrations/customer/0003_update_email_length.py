from importlib import import_module

Migration = import_module("oscar.apps.customer.migrations.0003_update_email_length").Migration

"""The screens: Flask routes, templates and assets over the services of `appliance`."""

"""The other libraries, used as their good users use them."""

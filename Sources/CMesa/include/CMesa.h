// Nothing to call: linking the module is enough. See CMesa.c.
#pragma once

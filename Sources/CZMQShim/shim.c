#include "CZMQShim.h"

#include "greeting/punctuation.h"

char FullStop() { return '.'; }

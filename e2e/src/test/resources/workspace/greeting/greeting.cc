#include "greeting/greeting.h"

std::string Greeting() { return std::string("Hello, ") + Addressee(); }

#ifndef GREETING_GREETING_H_
#define GREETING_GREETING_H_

#include <string>

inline const char* Addressee() { return "world"; }

std::string Greeting();

#endif  // GREETING_GREETING_H_

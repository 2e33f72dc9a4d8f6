#include <iostream>

#include "greeting/greeting.h"
#include "greeting/punctuation.h"

int main() {
  std::cout << Greeting() << FullStop() << std::endl;
  return 0;
}

#include <unistd.h>

#include <iostream>

int main() {
  std::cout << "counting all numbers" << std::endl;
  for (;;) {
    pause();
  }
}

#include <iostream>

int main() {
  std::cout << "expected 42, was 41" << std::endl;
  return 1;
}

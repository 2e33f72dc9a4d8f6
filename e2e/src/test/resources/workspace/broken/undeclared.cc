int Answer() { return kNobodyDeclaredThis; }

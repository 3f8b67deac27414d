"""The file formats that `import` reads, one module each; `registry` lists them."""

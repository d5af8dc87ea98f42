#pragma once

// Marks a loop that the compiler shall also build for wider vectors; the processor's own version is
// chosen at start. Integer loops only: their results are the same in every version. The sanitizers
// cannot instrument the start-up choice, so they build the plain loop.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define VECTOR_CLONES __attribute__((target_clones("arch=skylake-avx512", "avx2", "default"), optimize("O3")))
#else
#define VECTOR_CLONES
#endif

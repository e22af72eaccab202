// SPDX-License-Identifier: MIT
#ifndef PASSERBY_COPENBLAS_SHIM_H
#define PASSERBY_COPENBLAS_SHIM_H

#include <cblas.h>

#if defined(__x86_64__)
#include <cpuid.h>

/* 1 on a processor made by AMD. */
static inline int copenblas_processor_is_amd(void) {
  unsigned int eax = 0, ebx = 0, ecx = 0, edx = 0;
  if (!__get_cpuid(0, &eax, &ebx, &ecx, &edx)) return 0;
  return ebx == 0x68747541 && edx == 0x69746e65 && ecx == 0x444d4163; /* "Auth" "enti" "cAMD" */
}

/* 1 where the processor has the AVX-512 parts that OpenBLAS's SkylakeX kernels use (F, DQ, CD, BW, VL) and the
   operating system saves their registers. */
static inline int copenblas_processor_has_avx512(void) {
  unsigned int eax = 0, ebx = 0, ecx = 0, edx = 0;
  if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx) || !(ecx & (1u << 27))) return 0;
  unsigned int low = 0, high = 0;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  if ((low & 0xe6u) != 0xe6u) return 0;
  if (!__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx)) return 0;
  const unsigned int needed = (1u << 16) | (1u << 17) | (1u << 28) | (1u << 30) | (1u << 31);
  return (ebx & needed) == needed;
}
#else
static inline int copenblas_processor_is_amd(void) { return 0; }
static inline int copenblas_processor_has_avx512(void) { return 0; }
#endif

#endif

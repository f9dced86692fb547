// For the compiler of the tests, and not copied either.
import type {} from './not-copied';

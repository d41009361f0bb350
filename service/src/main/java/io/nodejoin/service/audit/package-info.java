/** Reads the audit log for people. */
@NullMarked
package io.nodejoin.service.audit;

import org.jspecify.annotations.NullMarked;

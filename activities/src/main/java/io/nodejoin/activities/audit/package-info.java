/** The audit log: one line on disk before each effect. */
@NullMarked
package io.nodejoin.activities.audit;

import org.jspecify.annotations.NullMarked;

/** What all adapters share: the failure boundary, leases of running activities, supervised loops. */
@NullMarked
package io.nodejoin.activities;

import org.jspecify.annotations.NullMarked;

/** Machines that come back after their kubelet's certificate has ended. */
@NullMarked
package io.nodejoin.service.rejoin;

import org.jspecify.annotations.NullMarked;

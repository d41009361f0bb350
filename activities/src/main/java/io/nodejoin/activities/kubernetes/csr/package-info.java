/** The approvers of kubelets' client and serving certificates: exact rules, and the watches that feed them. */
@NullMarked
package io.nodejoin.activities.kubernetes.csr;

import org.jspecify.annotations.NullMarked;

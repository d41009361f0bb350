/** The approvers of kubelets' client and serving CSRs: exact rules, and the watches that trigger them. */
@NullMarked
package io.nodejoin.activities.kubernetes.csr;

import org.jspecify.annotations.NullMarked;

package io.nodejoin.service.config;

import io.nodejoin.workflows.certificate.ApprovalMode;
import java.nio.file.Path;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One entry of the section {@code clusters}.
 *
 * @param kubeconfigFile Nodejoin's own credential, as {@code nodejoin cluster prepare} writes it; read again when it changes
 * @param approval who approves certificates
 * @param strict whether joins are refused while the cluster's own rights go round that; if not, there is a warning
 * @param uid the UID of its namespace kube-system; a credential that leads elsewhere is then not used
 */
public record ClusterConfig(
        Path kubeconfigFile,
        ApprovalMode approval,
        Boolean strict,
        @Nullable UUID uid) {
    public ClusterConfig {
        kubeconfigFile = Check.required(kubeconfigFile, "clusters.<name>.kubeconfigFile");
        approval = Check.or(approval, ApprovalMode.NODEJOIN);
        strict = Check.or(strict, true);
    }
}

package io.nodejoin.cli;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.nodejoin.activities.kubernetes.Kubeconfig;
import java.io.IOException;
import java.nio.file.Path;

/** Failures of calls to an API server: they name the address tried, and the file that it is from. */
final class ApiServerCalls {
    private ApiServerCalls() {}

    static CliException unreachable(Path kubeconfig, KubernetesClientException e) {
        if (e.getCode() > 0) {
            return new CliException(
                    ExitCodes.FAILED,
                    "the API server at %s refused: %s"
                            .formatted(
                                    server(kubeconfig),
                                    e.getStatus() == null
                                            ? "HTTP " + e.getCode()
                                            : e.getStatus().getMessage()),
                    e);
        }
        return new CliException(
                ExitCodes.UNREACHABLE,
                "cannot reach the API server at %s: %s; the address is that of the current context in %s (--kubeconfig)"
                        .formatted(server(kubeconfig), ConnectionFault.describe(e), kubeconfig),
                e);
    }

    private static String server(Path kubeconfig) {
        try {
            return Kubeconfig.read(kubeconfig).getMasterUrl().replaceAll("/$", "");
        } catch (IOException _) {
            return "its address";
        }
    }
}

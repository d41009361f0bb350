package io.nodejoin.cli.doctor;

/** One check of a cluster. It leaves nothing behind, whatever its result. */
interface Check {
    /**
     * Runs the check.
     *
     * @throws io.fabric8.kubernetes.client.KubernetesClientException if the API server refuses or cannot be reached
     */
    Finding run();
}

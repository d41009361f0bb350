package io.nodejoin.cli.doctor;

/** One question about a cluster. It leaves nothing behind, whatever the answer. */
interface Check {
    /** What is examined, in a few words. */
    String name();

    /**
     * Finds the answer.
     *
     * @throws io.fabric8.kubernetes.client.KubernetesClientException if the API server refuses or cannot be reached
     */
    Finding run();
}

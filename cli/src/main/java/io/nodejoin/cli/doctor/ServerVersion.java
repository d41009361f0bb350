package io.nodejoin.cli.doctor;

import io.fabric8.kubernetes.client.VersionInfo;
import io.nodejoin.activities.kubernetes.preparation.AdminCluster;

/**
 * Checks the Kubernetes version: admission policies in CEL, which restrict the service account to joins, are stable
 * since 1.30.
 */
record ServerVersion(AdminCluster cluster) implements Check {
    private static final int MAJOR = 1;
    private static final int OLDEST_MINOR = 30;

    @Override
    public Finding run() {
        VersionInfo version = cluster.client().getKubernetesVersion();
        return isNewEnough(version.getMajor(), version.getMinor())
                ? new Finding.Passed(version.getGitVersion())
                : Finding.failed(
                        version.getGitVersion() + " is older than 1.30",
                        "without ValidatingAdmissionPolicy the service's account could write more than joins need",
                        "upgrade the control plane to Kubernetes 1.30 or newer");
    }

    /** Some providers report {@code 30+}. */
    static boolean isNewEnough(String major, String minor) {
        int majorNumber = number(major);
        return majorNumber > MAJOR || (majorNumber == MAJOR && number(minor) >= OLDEST_MINOR);
    }

    private static int number(String text) {
        String digits = text.replaceAll("\\D.*", "");
        return digits.isEmpty() ? 0 : Integer.parseInt(digits);
    }
}

package io.nodejoin.agent.kubelet;

/** The paths of the kubelet's files. */
public final class KubeletPaths {
    public static final String UNIT = "kubelet.service";
    public static final String UNIT_FILE = "/etc/systemd/system/kubelet.service";
    public static final String HOME = "/var/lib/kubelet";
    public static final String CONFIG = HOME + "/config.yaml";
    public static final String KUBECONFIG = HOME + "/kubeconfig";
    public static final String PKI = HOME + "/pki";
    /** A link to the client certificate in use, followed by its key. */
    public static final String CLIENT_CERTIFICATE = PKI + "/kubelet-client-current.pem";

    /** Contains the bootstrap token, until the kubelet has its certificate. */
    public static final String BOOTSTRAP_KUBECONFIG = HOME + "/bootstrap-kubeconfig";

    public static final String CLUSTER_CA = "/etc/kubernetes/pki/ca.crt";
    public static final String STATIC_PODS = "/etc/kubernetes/manifests";
    public static final String DROP_INS = "/etc/kubernetes/kubelet.conf.d";

    private KubeletPaths() {}
}

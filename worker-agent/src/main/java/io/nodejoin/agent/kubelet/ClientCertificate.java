package io.nodejoin.agent.kubelet;

import io.nodejoin.agent.discovery.Pem;
import io.nodejoin.agent.plan.HostStep;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/**
 * A client certificate with its key, stored as the kubelet's certificate manager stores it: in a dated file, and a link to
 * that, which the kubelet moves when it renews the certificate.
 */
public record ClientCertificate(List<X509Certificate> chain, PrivateKey key, Instant obtainedAt) {
    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("yyyy-MM-dd-HH-mm-ss", Locale.ROOT).withZone(ZoneOffset.UTC);

    public ClientCertificate {
        chain = List.copyOf(chain);
    }

    /** Returns the step that makes the certificate usable. */
    public HostStep writeStep() {
        String text = Pem.encode(chain) + Pem.encode("PRIVATE KEY", key.getEncoded());
        return new HostStep.WriteFile(KubeletPaths.PKI + "/" + fileName(), text, 0600, true);
    }

    /** The target has no directory, so that the link is right wherever the host's files are mounted. */
    HostStep linkStep() {
        return new HostStep.CreateLink(KubeletPaths.CLIENT_CERTIFICATE, fileName());
    }

    private String fileName() {
        return "kubelet-client-" + DATE.format(obtainedAt) + ".pem";
    }

    @Override
    public String toString() {
        return "ClientCertificate[" + fileName() + "]";
    }
}

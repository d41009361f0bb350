package io.nodejoin.testbed.pki;

import java.security.KeyPair;
import java.security.cert.X509Certificate;

/** A certificate with its key. */
public record Identity(X509Certificate certificate, KeyPair keys) {

    public String certificatePem() {
        return Pem.certificate(certificate);
    }

    /** PKCS#8. */
    public String keyPem() {
        return Pem.pkcs8(keys);
    }

    /** SEC 1, for kubeconfig files. */
    public String kubeconfigKeyPem() {
        return Pem.sec1(keys);
    }
}

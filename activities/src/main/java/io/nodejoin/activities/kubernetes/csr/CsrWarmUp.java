package io.nodejoin.activities.kubernetes.csr;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/** Reads a certificate request that nobody has made, so that the first join finds the code loaded. */
public final class CsrWarmUp {
    private static final X500Principal SUBJECT = new X500Principal("CN=system:node:warm-up, O=system:nodes");
    private static final int LINE = 64;

    private CsrWarmUp() {}

    /** Runs it once, and returns whether the request is sound. Has no effect outside of this process. */
    public static boolean run() throws GeneralSecurityException, IOException {
        KeyPairGenerator keys = KeyPairGenerator.getInstance("EC");
        keys.initialize(new ECGenParameterSpec("secp256r1"));
        return ParsedCsr.parse(encode(keys.generateKeyPair()))
                .filter(csr -> csr.isOfKind(ParsedCsr.KeyKind.EC) && csr.hasValidSignature())
                .flatMap(csr -> csr.commonName("system:nodes"))
                .isPresent();
    }

    private static String encode(KeyPair key) throws GeneralSecurityException, IOException {
        ContentSigner signer = signer(key);
        byte[] der = new JcaPKCS10CertificationRequestBuilder(SUBJECT, key.getPublic())
                .build(signer)
                .getEncoded();
        String lines = Base64.getMimeEncoder(LINE, new byte[] {'\n'}).encodeToString(der);
        String pem = "-----BEGIN CERTIFICATE REQUEST-----\n" + lines + "\n-----END CERTIFICATE REQUEST-----\n";
        return Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static ContentSigner signer(KeyPair key) throws GeneralSecurityException {
        try {
            return new JcaContentSignerBuilder("SHA256withECDSA").build(key.getPrivate());
        } catch (OperatorCreationException e) {
            throw new GeneralSecurityException("cannot sign with a key of P-256", e);
        }
    }
}

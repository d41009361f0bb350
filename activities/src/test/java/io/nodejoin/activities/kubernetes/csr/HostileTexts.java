package io.nodejoin.activities.kubernetes.csr;

import static io.nodejoin.activities.kubernetes.csr.Pkcs10Forge.pem;
import static io.nodejoin.activities.kubernetes.csr.Pkcs10Forge.subject;
import static io.nodejoin.activities.kubernetes.csr.TestCsrs.GROUP;
import static io.nodejoin.activities.kubernetes.csr.TestCsrs.KEY;
import static io.nodejoin.activities.kubernetes.csr.TestCsrs.NAME;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestBuilder;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.stream.Stream;

/** Texts that are not exactly one PEM block with one DER value of PKCS#10. */
final class HostileTexts {
    private HostileTexts() {}

    static Stream<HostileCase> all() {
        String honest = pem(TestCsrs.honestPkcs10());
        byte[] der = Pkcs10Forge.der(TestCsrs.honestPkcs10());
        return Stream.of(
                text("nothing", ""),
                text("no PEM", "hello"),
                text("a second block", honest + honest),
                text("a certificate behind it", honest + pem("CERTIFICATE", der)),
                text("another block type", pem("NEW CERTIFICATE REQUEST", der)),
                text("text before the block", "x\n" + honest),
                text("text behind the block", honest + "x"),
                text("an empty line behind the block", honest + "\n"),
                text("a PEM header", honest.replaceFirst("-----\n", "-----\nProc-Type: 4,ENCRYPTED\n\n")),
                text("carriage returns", honest.replace("\n", "\r\n")),
                text("a NUL byte", honest + "\0"),
                text("a byte order mark", "\uFEFF" + honest),
                text("trailing DER bytes", request(Arrays.copyOf(der, der.length + 1))),
                text("cut DER", request(Arrays.copyOf(der, der.length - 1))),
                text("no DER", request(new byte[] {1, 2, 3})),
                text("an empty block", request(new byte[0])),
                text(
                        "the header in lower case",
                        honest.replace("BEGIN CERTIFICATE REQUEST", "begin certificate request")),
                text("no end", honest.substring(0, honest.indexOf("-----END"))),
                text("a blank in a line", honest.replaceFirst("MI", "M I")),
                text("an empty line inside", honest.replaceFirst("-----\n", "-----\n\n")),
                text("base64 for URLs", honest.replaceFirst("MI", "-_")),
                text("all in one line", oneLine(honest)),
                text(
                        "a private key behind it",
                        honest + pem("PRIVATE KEY", KEY.getPrivate().getEncoded())),
                text("a megabyte of lines", request(new byte[1 << 20])),
                text("two requests in one block", request(twice(der))),
                text("a thousand nested sequences", request(nested(1000))),
                text("nested sequences up to the limit", request(nested(4000))),
                text("an indefinite length", request(indefinite(der))),
                text("version 2", request(Pkcs10Forge.ofVersion(1, subject(GROUP, NAME), KEY))),
                text("a negative version", request(Pkcs10Forge.ofVersion(-1, subject(GROUP, NAME), KEY))),
                HostileCase.violating(
                        "one-pem-block",
                        "no base64",
                        new CertificateSigningRequestBuilder(TestCsrs.honest())
                                .editSpec()
                                .withRequest("%%%")
                                .endSpec()
                                .build()));
    }

    private static String oneLine(String pem) {
        int begin = pem.indexOf('\n') + 1;
        int end = pem.indexOf("-----END");
        return pem.substring(0, begin) + pem.substring(begin, end).replace("\n", "") + "\n" + pem.substring(end);
    }

    private static byte[] twice(byte[] der) {
        byte[] both = Arrays.copyOf(der, 2 * der.length);
        System.arraycopy(der, 0, both, der.length, der.length);
        return both;
    }

    /** A sequence of unknown length in another, and so on. */
    private static byte[] nested(int depth) {
        byte[] bytes = new byte[4 * depth];
        for (int i = 0; i < depth; i++) {
            bytes[2 * i] = 0x30;
            bytes[2 * i + 1] = (byte) 0x80;
        }
        return bytes;
    }

    /** The same value by BER's indefinite length: two encodings of one request. */
    private static byte[] indefinite(byte[] der) {
        int headerLength = 2 + Math.max(0, der[1] & 0x7f) * (der[1] < 0 ? 1 : 0);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(0x30);
        out.write(0x80);
        out.write(der, headerLength, der.length - headerLength);
        out.write(0);
        out.write(0);
        return out.toByteArray();
    }

    private static String request(byte[] der) {
        return pem("CERTIFICATE REQUEST", der);
    }

    private static HostileCase text(String name, String text) {
        return HostileCase.violating("one-pem-block", name, TestCsrs.ofText(text));
    }
}

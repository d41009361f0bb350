package io.nodejoin.agent.kill;

import io.nodejoin.protocol.join.HostProfile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** An agent as a process of its own, which kills itself before one of its effects. */
final class KilledAgent {
    private KilledAgent() {}

    /** Arguments: the host's directory, what to do, the profile, the number of the effect. */
    public static void main(String[] arguments) throws Exception {
        Path directory = Path.of(arguments[0]);
        HostProfile profile = HostProfile.valueOf(arguments[2]);
        Death death = new Death(Integer.parseInt(arguments[3]));
        try (JoiningHost host = new JoiningHost(directory, death)) {
            Work work = Work.valueOf(arguments[1]);
            host.commanded(() -> work.on(host, profile));
        }
    }

    /** What it may be killed in. */
    enum Work {
        JOIN {
            @Override
            void on(JoiningHost host, HostProfile profile) {
                host.prepare(profile);
                host.startKubelet();
            }
        },
        RESET {
            @Override
            void on(JoiningHost host, HostProfile profile) {
                host.reset();
            }
        };

        abstract void on(JoiningHost host, HostProfile profile);
    }

    /** Comes with one effect, before it. */
    private static final class Death implements Effects {
        private int left;

        Death(int at) {
            this.left = at;
        }

        @Override
        public void next(String what) {
            left--;
            if (left == 0) {
                System.out.println(what);
                System.out.flush();
                try {
                    new ProcessBuilder(
                                    "kill",
                                    "-9",
                                    Long.toString(ProcessHandle.current().pid()))
                            .start();
                    new CountDownLatch(1).await();
                } catch (IOException | InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
        }
    }
}

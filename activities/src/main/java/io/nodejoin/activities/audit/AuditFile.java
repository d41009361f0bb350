package io.nodejoin.activities.audit;

import java.io.IOException;

/** The file behind an audit log. Its caller writes one block at a time. */
interface AuditFile {

    /**
     * Writes the lines behind the present end of the file and returns once they are on disk. After a failure, a second
     * call may write lines again that the first one has written.
     */
    void append(byte[] lines) throws IOException;

    /** Throws if the file cannot be opened; creates it if it is absent. May be called while lines are written. */
    void requireWritable() throws IOException;
}

package build.sparrow.cas.segment;

import java.io.IOException;

/** Where the bytes of one record go while they come, until it is whole. */
sealed interface RecordSink permits MemorySink, ReservedSink, LargeSink {
  void write(byte[] bytes, int offset, int length) throws IOException;

  /** Makes the record one that is found; once, after all its bytes. */
  void commit() throws IOException;

  /** Drops what was not committed. */
  void close() throws IOException;
}

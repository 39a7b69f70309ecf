using System.Buffers;

namespace Holdfast.Engines.Podman;

/// <summary>
/// The output of a container as plain bytes in a file. Podman's own monitor process writes the container's log (<c>k8s-file</c>: time, stream, P for a part or F
/// for the end of a line, text), whether or not anybody looks; this copies from there what is not yet in the file. How much is there already is the file's
/// length alone, so a process that comes later goes on where one that died had come to. While one copies, it has the log locked.
/// </summary>
internal sealed class ContainerOutput(string log, string file, long start)
{
    private readonly byte[] _buffer = new byte[64 << 10];
    private readonly ArrayBufferWriter<byte> _plain = new();
    private long _position; // in the log, at the beginning of a line
    private long _copied; // plain bytes up to there

    /// <summary>Copies what is there; null when somebody else is copying or it cannot be done now, else whether there was anything.</summary>
    public bool? Copy()
    {
        lock (_buffer)
        {
            try
            {
                using var source = File.OpenHandle(log, FileMode.Open, FileAccess.Read, FileShare.None);
                using var target = File.OpenHandle(file, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
                return Copy(source, target);
            }
            catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
            {
                return false;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return null;
            }
        }
    }

    private bool Copy(Microsoft.Win32.SafeHandles.SafeFileHandle source, Microsoft.Win32.SafeHandles.SafeFileHandle target)
    {
        var present = Math.Max(0, RandomAccess.GetLength(target) - start);
        if (present != _copied) (_position, _copied) = (0, 0);
        var grew = false;
        int read;
        while ((read = RandomAccess.Read(source, _buffer, _position)) > 0)
        {
            _plain.ResetWrittenCount();
            var used = Plain(_buffer.AsSpan(0, read));
            if (used == 0) break;
            // What another process had copied before is counted, not written again.
            var skip = (int)Math.Clamp(present - _copied, 0, _plain.WrittenCount);
            RandomAccess.Write(target, _plain.WrittenSpan[skip..], start + _copied + skip);
            grew |= skip < _plain.WrittenCount;
            (_position, _copied) = (_position + used, _copied + _plain.WrittenCount);
        }

        return grew;
    }

    /// <summary>The text of all whole lines of the log; how many bytes they are there.</summary>
    private int Plain(ReadOnlySpan<byte> lines)
    {
        var used = 0;
        while (lines[used..].IndexOf((byte)'\n') is >= 0 and var length)
        {
            var line = lines.Slice(used, length);
            used += length + 1;
            for (var field = 0; field < 2; field++) line = line[(line.IndexOf((byte)' ') + 1)..];
            if (line is not [(byte)'P' or (byte)'F', (byte)' ', ..]) continue;
            _plain.Write(line[2..]);
            if (line[0] == 'F') _plain.Write("\n"u8);
        }

        return used;
    }
}

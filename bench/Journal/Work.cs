using System.Diagnostics;
using Microsoft.Win32.SafeHandles;

namespace Holdfast.Journal.Bench;

internal sealed class SmallWrites(int records) : IWork
{
    private const int Size = 200;
    private const int PerFlush = 32;

    public int Records => records;

    public void Prepare(string folder) { }

    public long Journal(string folder)
    {
        Files.Write(folder, Size, records, PerFlush);
        return (long)Size * records;
    }

    public long Peer(string folder)
    {
        var chunk = new byte[Size * PerFlush];
        Random.Shared.NextBytes(chunk);
        using var file = File.OpenHandle(Path.Combine(folder, "plain"), FileMode.Create, FileAccess.Write);
        using var timer = new Timer(_ => RandomAccess.FlushToDisk(file), null, 50, 50);
        for (var i = 0; i < records / PerFlush; i++) RandomAccess.Write(file, chunk, (long)i * chunk.Length);
        RandomAccess.FlushToDisk(file);
        using var stopped = new ManualResetEvent(false);
        timer.Dispose(stopped);
        stopped.WaitOne();
        return (long)Size * records;
    }
}

internal sealed class LargeWrites(int records) : IWork
{
    private const int Size = 1_000_000;

    public int Records => records;

    public void Prepare(string folder) { }

    public long Journal(string folder)
    {
        Files.Write(folder, Size, records, 1);
        return (long)Size * records;
    }

    public long Peer(string folder)
    {
        var blocks = (int)((long)Size * records >> 20);
        using var dd = Process.Start(new ProcessStartInfo("dd",
            ["if=/dev/zero", $"of={Path.Combine(folder, "dd")}", "bs=1M", $"count={blocks}", "conv=fdatasync", "status=none"]))!;
        dd.WaitForExit();
        return (long)blocks << 20;
    }
}

internal sealed class Reads(int size, int records) : IWork
{
    public int Records => records;

    public void Prepare(string folder) => Files.Write(folder, size, records, Math.Max(1, 200_000 / size));

    public long Journal(string folder)
    {
        using var reader = JournalReader.Open(Files.In(folder));
        var bytes = 0L;
        while (reader.TryRead(out var record)) bytes += record.Payload.Length;
        if (bytes != (long)size * records || reader.Damage.Count > 0) throw new InvalidOperationException("The journal is not whole.");
        return bytes;
    }

    public long Peer(string folder) => Files.ReadAll(folder);
}

internal sealed class Opening(int records) : IWork
{
    public int Records => 1;

    public void Prepare(string folder) => Files.Write(folder, 200, records, 1000);

    public long Journal(string folder)
    {
        using var writer = JournalWriter.Open(Files.In(folder));
        using var reader = JournalReader.Open(Files.In(folder));
        reader.Seek(writer.LastSequence);
        if (!reader.TryRead(out _)) throw new InvalidOperationException("The last record is not there.");
        return 2 * Files.Length(folder);
    }

    public long Peer(string folder) => Files.ReadAll(folder);
}

internal static class Files
{
    public static string In(string folder) => Path.Combine(folder, "journal");

    public static void Write(string folder, int size, int records, int perFlush)
    {
        var payload = new byte[size];
        Random.Shared.NextBytes(payload);
        using var writer = JournalWriter.Open(In(folder));
        for (var i = 1; i <= records; i++)
        {
            writer.Append(1, payload);
            if (i % perFlush == 0 && writer.Flush() is { Ok: false } failure) throw new IOException(failure.Error);
        }
        if (writer.Sync() is { Ok: false } last) throw new IOException(last.Error);
    }

    public static long Length(string folder) => Directory.GetFiles(In(folder), "*.hfj").Sum(path => new FileInfo(path).Length);

    public static long ReadAll(string folder)
    {
        var buffer = new byte[64 << 10];
        var total = 0L;
        foreach (var path in Directory.GetFiles(In(folder), "*.hfj"))
        {
            using SafeFileHandle file = File.OpenHandle(path);
            for (var at = 0L; RandomAccess.Read(file, buffer, at) is var read and > 0; at += read) total += read;
        }
        return total;
    }
}

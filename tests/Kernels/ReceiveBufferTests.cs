using Holdfast.Kernels.Tests.Peers;
using Holdfast.Kernels.Wire;

namespace Holdfast.Kernels.Tests;

public sealed class ReceiveBufferTests
{
    [Fact]
    public void Scan_AnyMessagesInAnyPieces_GivesThemBack()
    {
        for (var seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            var sent = Enumerable.Range(0, 40).Select(_ => Enumerable.Range(0, random.Next(1, 6)).Select(_ => Messages.Bytes(random, Size(random))).ToArray()).ToList();
            var stream = sent.SelectMany(m => m.SelectMany((f, i) => RawPeer.Frame(f, i < m.Length - 1))).ToArray();
            using var buffer = new ReceiveBuffer();
            var received = new List<byte[][]>();

            for (var at = 0; at < stream.Length;)
            {
                var room = buffer.Room();
                Assert.False(room.IsEmpty);
                var count = Math.Min(Math.Min(room.Length, stream.Length - at), random.Next(1, 100_000));
                stream.AsMemory(at, count).CopyTo(room);
                buffer.Received(count);
                at += count;
                while (buffer.Scan() == Found.Message)
                    received.Add([.. Enumerable.Range(0, buffer.Frames).Select(i => buffer.Frame(i).ToArray())]);
            }

            Assert.Equal(sent, received);
        }
    }

    private static int Size(Random random) => random.Next(20) switch
    {
        0 => random.Next(600_000),
        1 => random.Next(254, 258),
        < 6 => random.Next(20_000),
        _ => random.Next(300),
    };

    [Fact]
    public void Scan_AnyBytes_NeverThrows()
    {
        var random = new Random(8);
        var faults = 0;
        for (var i = 0; i < 2_000; i++)
        {
            using var buffer = new ReceiveBuffer();
            var bytes = Messages.Bytes(random, random.Next(1, 2_000));
            for (var j = 0; j < bytes.Length; j++)
                if (random.Next(4) > 0) bytes[j] &= 7;
            bytes.CopyTo(buffer.Room());
            buffer.Received(bytes.Length);
            Found found;
            while ((found = buffer.Scan()) is Found.Message or Found.Command)
                for (var f = 0; found == Found.Message && f < buffer.Frames; f++) _ = buffer.Frame(f).Span.Length;
            if (found == Found.Fault) faults++;
            else Assert.False(buffer.Room().IsEmpty);
        }

        Assert.InRange(faults, 1, 2_000);
    }

    [Fact]
    public void Room_AfterALargeMessage_IsSmallAgain()
    {
        using var buffer = new ReceiveBuffer();
        var head = RawPeer.Frame(new byte[40_000_000])[..9];
        head.CopyTo(buffer.Room());
        buffer.Received(9);
        Assert.Equal(Found.Nothing, buffer.Scan());
        var room = buffer.Room();
        Assert.Equal(40_000_000, room.Length);
        buffer.Received(room.Length);
        Assert.Equal(Found.Message, buffer.Scan());
        Assert.Equal(Found.Nothing, buffer.Scan());

        Assert.Equal(ReceiveBuffer.UsualSize, buffer.Room().Length);
    }

    [Fact]
    public void Scan_MoreFramesThanAMessageMayHave_IsRefused()
    {
        using var buffer = new ReceiveBuffer();
        var frames = Enumerable.Repeat(RawPeer.Frame([], more: true), 70_000).SelectMany(f => f).ToArray();
        frames.CopyTo(buffer.Room());
        buffer.Received(frames.Length);

        Assert.Equal(Found.Fault, buffer.Scan());
        Assert.Contains("65536 frames", buffer.Fault, StringComparison.Ordinal);
    }
}

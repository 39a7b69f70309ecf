using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace Holdfast.Kernels.Tests;

public sealed class WebSocketCodecTests
{
    private const int Rounds = 5_000;

    private static readonly KernelMessage Sample = new(
        Messages.Utf8("""{"msg_id":"1","msg_type":"comm_msg","session":"s"}"""),
        Messages.Utf8("{}"),
        Messages.Utf8("""{"m":1}"""),
        Messages.Utf8("""{"text":"é"}"""),
        [Messages.Utf8("ab"), Array.Empty<byte>(), Messages.Utf8("cde")]);

    // Written by jupyter_server 2.20's serialize_msg_to_ws_v1 and serialize_binary_message.
    private const string SampleV1 =
        "0900000000000000500000000000000055000000000000008700000000000000890000000000000090000000000000009d000000000000009f000000000000009f00000000000000a200000000000000" +
        "7368656c6c7b226d73675f6964223a2231222c226d73675f74797065223a22636f6d6d5f6d7367222c2273657373696f6e223a2273227d7b7d7b226d223a317d7b2274657874223a22c3a9227d6162636465";
    private const string SampleLegacy =
        "0000000400000014000000b5000000b7000000b7" +
        "7b22686561646572223a207b226d73675f6964223a202231222c20226d73675f74797065223a2022636f6d6d5f6d7367222c202273657373696f6e223a202273227d2c2022706172656e745f686561646572223a207b7d2c20226d65746164617461223a207b226d223a20317d2c2022636f6e74656e74223a207b2274657874223a20225c7530306539227d2c20226368616e6e656c223a2022737464696e227d6162636465";

    private static byte[] WriteV1(KernelChannel channel, KernelMessage message)
    {
        var bytes = new byte[WebSocketV1.Measure(channel, message)];
        WebSocketV1.Write(channel, message, bytes);
        return bytes;
    }

    [Fact]
    public void V1_Write_IsJupyterServersLayout() => Assert.Equal(SampleV1, Convert.ToHexStringLower(WriteV1(KernelChannel.Shell, Sample)));

    [Fact]
    public void V1_AnyMessage_ComesBackAsItWas()
    {
        var random = new Random(1);
        for (var i = 0; i < Rounds; i++)
        {
            var (channel, message) = ((KernelChannel)random.Next(4), Messages.Any(random));
            Assert.True(WebSocketV1.TryRead(WriteV1(channel, message), out var readChannel, out var read, out var reason), reason);
            Assert.Equal(channel, readChannel);
            Messages.AssertEqual(message, read);
        }
    }

    [Fact]
    public void V1_BrokenBytes_GiveAReasonOrAMessageInside()
    {
        var random = new Random(2);
        for (var i = 0; i < Rounds; i++)
        {
            var bytes = Break(WriteV1(KernelChannel.Control, Messages.Any(random)), random);
            if (WebSocketV1.TryRead(bytes, out _, out var message, out var reason))
                Assert.Equal(bytes, WriteV1(KernelChannel.Control, message));
            else
                Assert.NotEmpty(reason!);
        }
    }

    [Theory]
    [InlineData("", "0 bytes")]
    [InlineData("0500000000000000", "fewer than 6")]
    [InlineData("ffffffffffffffff", "can hold")]
    public void V1_NoRoomForItsOffsets_IsRefused(string hex, string part)
    {
        Assert.False(WebSocketV1.TryRead(Convert.FromHexString(hex), out _, out _, out var reason));
        Assert.Contains(part, reason, StringComparison.Ordinal);
    }

    [Fact]
    public void V1_UnknownChannel_IsRefused()
    {
        var bytes = Convert.FromHexString(SampleV1);
        "shelf"u8.CopyTo(bytes.AsSpan(0x50));
        Assert.False(WebSocketV1.TryRead(bytes, out _, out _, out var reason));
        Assert.Contains("channel", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Legacy_JupyterServersBytes_AreRead()
    {
        Assert.True(WebSocketLegacy.TryRead(Convert.FromHexString(SampleLegacy), isText: false, out var channel, out var message, out var reason), reason);
        Assert.Equal(KernelChannel.Stdin, channel);
        Assert.Equal("""{"text": "\u00e9"}""", Encoding.UTF8.GetString(message.Content.Span));
        Assert.Equal(["ab", "", "cde"], message.Buffers.Select(b => Encoding.UTF8.GetString(b.Span)));
    }

    [Fact]
    public void Legacy_AnyMessage_ComesBackAsItWas()
    {
        var random = new Random(3);
        for (var i = 0; i < Rounds; i++)
        {
            var (channel, message) = ((KernelChannel)random.Next(4), Messages.Any(random));
            var bytes = new ArrayBufferWriter<byte>();
            var isText = WebSocketLegacy.Write(channel, message, bytes);
            Assert.Equal(message.Buffers.Count == 0, isText);
            Assert.True(WebSocketLegacy.TryRead(bytes.WrittenMemory, isText, out var readChannel, out var read, out var reason), reason);
            Assert.Equal(channel, readChannel);
            Messages.AssertEqual(message, read);
        }
    }

    [Fact]
    public void Legacy_Text_HasTheFieldsOfAJupyterServerMessage()
    {
        var bytes = new ArrayBufferWriter<byte>();
        WebSocketLegacy.Write(KernelChannel.IOPub, Sample with { Buffers = [] }, bytes);

        var root = JsonDocument.Parse(bytes.WrittenMemory).RootElement;
        Assert.Equal(["header", "msg_id", "msg_type", "parent_header", "metadata", "content", "buffers", "channel"], root.EnumerateObject().Select(p => p.Name));
        Assert.Equal("comm_msg", root.GetProperty("msg_type").GetString());
        Assert.Equal("iopub", root.GetProperty("channel").GetString());
        Assert.Equal(0, root.GetProperty("buffers").GetArrayLength());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Legacy_BrokenBytes_NeverThrow(bool isText)
    {
        var random = new Random(4);
        var read = 0;
        for (var i = 0; i < Rounds; i++)
        {
            var bytes = new ArrayBufferWriter<byte>();
            WebSocketLegacy.Write(KernelChannel.Shell, Messages.Any(random, isText ? 0 : 4), bytes);
            if (WebSocketLegacy.TryRead(Break(bytes.WrittenSpan.ToArray(), random), isText, out _, out _, out var reason)) read++;
            else Assert.NotEmpty(reason!);
        }

        Assert.NotEqual(Rounds, read);
    }

    [Theory]
    [InlineData("[]", "object")]
    [InlineData("{\"header\":{}", "line 1")]
    [InlineData("{\"header\":{}} x", "line 1")]
    [InlineData("{\"content\":{}}", "no header")]
    [InlineData("{\"header\":1}", "header")]
    [InlineData("{\"header\":{},\"content\":[]}", "content")]
    [InlineData("{\"header\":{},\"channel\":\"hb\"}", "channel")]
    [InlineData("", "line 1")]
    public void Legacy_NotAMessage_SaysWhy(string json, string part)
    {
        Assert.False(WebSocketLegacy.TryRead(Messages.Utf8(json), isText: true, out _, out _, out var reason));
        Assert.Contains(part, reason, StringComparison.Ordinal);
    }

    /// <summary>Found by bench/Fuzz.</summary>
    [Fact]
    public void Legacy_NameOfHalfASurrogatePair_IsRefused()
    {
        Assert.False(WebSocketLegacy.TryRead(Messages.Utf8("""{"header":{"msg_id":"1"},"meta\ud800data":{}}"""), isText: true, out _, out _, out var reason));
        Assert.Equal("The message has a name that is no text.", reason);
    }

    [Fact]
    public void Legacy_FieldsLeftOut_AreEmptyAndTheChannelIsShell()
    {
        Assert.True(WebSocketLegacy.TryRead(Messages.Utf8("""{"header":{},"metadata":null,"channel":null}"""), isText: true, out var channel, out var message, out _));
        Assert.Equal(KernelChannel.Shell, channel);
        Assert.Equal("{}{}{}", Encoding.UTF8.GetString([.. message.ParentHeader.Span, .. message.Metadata.Span, .. message.Content.Span]));
    }

    /// <summary>One to four faults: a byte changed, a number put in, the end cut off, or all of it random.</summary>
    private static byte[] Break(byte[] bytes, Random random)
    {
        if (random.Next(20) == 0) return Messages.Bytes(random, random.Next(200));
        for (var faults = random.Next(1, 5); faults > 0; faults--)
            switch (random.Next(3))
            {
                case 0 when bytes.Length > 0:
                    bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                    break;
                case 1 when bytes.Length > 80:
                    BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4 * random.Next(20)), (uint)random.Next(-4, bytes.Length + 4));
                    break;
                default:
                    bytes = bytes[..random.Next(bytes.Length + 1)];
                    break;
            }

        return bytes;
    }
}

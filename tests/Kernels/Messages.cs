using System.Text;

namespace Holdfast.Kernels.Tests;

/// <summary>Messages made at random, and how two are compared.</summary>
internal static class Messages
{
    public static KernelMessage Any(Random random, int maximalBuffers = 4) => new(
        Utf8($$"""{"msg_id":"{{random.Next()}}","msg_type":"comm_msg","session":"s"}"""),
        random.Next(2) == 0 ? Utf8("{}") : Utf8("""{"msg_id":"p"}"""),
        Utf8("""{ "m" : [1, {"a":null}] }"""),
        Utf8($$"""{"text":"{{new string('é', random.Next(300))}}"}"""),
        [.. Enumerable.Range(0, random.Next(maximalBuffers + 1)).Select(_ => (ReadOnlyMemory<byte>)Bytes(random, random.Next(400)))]);

    public static byte[] Bytes(Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    public static void AssertEqual(KernelMessage expected, KernelMessage actual)
    {
        Assert.Equal(expected.Header.Span, actual.Header.Span);
        Assert.Equal(expected.ParentHeader.Span, actual.ParentHeader.Span);
        Assert.Equal(expected.Metadata.Span, actual.Metadata.Span);
        Assert.Equal(expected.Content.Span, actual.Content.Span);
        Assert.Equal(expected.Buffers.Count, actual.Buffers.Count);
        for (var i = 0; i < expected.Buffers.Count; i++) Assert.Equal(expected.Buffers[i].Span, actual.Buffers[i].Span);
    }
}

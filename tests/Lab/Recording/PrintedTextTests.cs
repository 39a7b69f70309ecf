using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Holdfast.Lab.Recording;

namespace Holdfast.Lab.Tests.Recording;

public sealed class PrintedTextTests
{
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Theory]
    [InlineData("")]
    [InlineData("plain")]
    [InlineData("a\nb\r\tc\b\f\"\\/ä€𝄞 end")]
    [InlineData("\n\n\n𝄞𝄞\r")]
    public void Read_InPiecesOfAnySize_IsTheText(string text)
    {
        foreach (var options in (JsonSerializerOptions[])[JsonSerializerOptions.Default, Relaxed])
        {
            var json = JsonSerializer.SerializeToUtf8Bytes(new JsonObject { ["name"] = "stderr", ["text"] = text }, options);
            for (var size = 4; size < 12; size++)
            {
                Assert.Equal(text, Read(json, size, out var isError));
                Assert.True(isError);
            }
        }
    }

    [Theory]
    [InlineData("""{"name": "stdout", "text": "a\ud834b"}""", "a\ufffdb")]
    [InlineData("""{"name": "stdout", "text": "\udd1e\ud834\udd1e\ud834"}""", "\ufffd𝄞\ufffd")]
    [InlineData("""{"name": "stdout", "text": "a\u0000\/"}""", "a\0/")]
    [InlineData("""{"name": "stdout", "text": 5}""", "")]
    [InlineData("""{"name": "stdout"}""", "")]
    [InlineData("[]", "")]
    [InlineData("""{"text": "cut""", "")]
    public void Read_WhatIsNoText_IsReplacedOrNothing(string json, string text) => Assert.Equal(text, Read(Encoding.UTF8.GetBytes(json), 16, out _));

    [Fact]
    public void Read_BytesThatAreNotUtf8_AreReplaced() =>
        Assert.Equal("a\ufffdb", Read([.. """{"text": "a"""u8, 0xFF, .. "b\"}"u8], 16, out _));

    private static string Read(byte[] json, int size, out bool isError)
    {
        var content = new PrintedText(json);
        isError = content.IsError;
        var text = new StringBuilder();
        var piece = new byte[size];
        while (content.Read(piece) is > 0 and var length)
            text.Append(new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(piece, 0, length));
        Assert.True(content.IsEmpty);
        return text.ToString();
    }
}

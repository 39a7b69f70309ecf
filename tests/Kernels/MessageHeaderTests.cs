using System.Text;
using System.Text.Json;

namespace Holdfast.Kernels.Tests;

public sealed class MessageHeaderTests
{
    [Fact]
    public void Create_Parsed_HasWhatWasAskedFor()
    {
        var date = new DateTimeOffset(2026, 11, 21, 3, 12, 5, 250, TimeSpan.FromHours(1));

        var bytes = MessageHeader.Create("execute_request", "sé", "u", date, out var id);

        Assert.True(MessageHeader.TryParse(bytes, out var header));
        Assert.Equal(new MessageHeader(id, "execute_request", "sé"), header);
        var json = JsonDocument.Parse(bytes).RootElement;
        Assert.Equal("2026-11-21T02:12:05.250000Z", json.GetProperty("date").GetString());
        Assert.Equal("5.3", json.GetProperty("version").GetString());
    }

    [Theory]
    [InlineData("{}", "", "", "")]
    [InlineData("""{"msg_id":null,"msg_type":{"msg_id":"x"},"session":[1]}""", "", "", "")]
    [InlineData("""{"msg_id":"a","msg_id":"b","msg_type":"str\u0065am","session":"\ud83c\udf0a"}""", "b", "stream", "🌊")]
    public void TryParse_Object_TakesTheFields(string json, string id, string type, string session)
    {
        Assert.True(MessageHeader.TryParse(Encoding.UTF8.GetBytes(json), out var header));
        Assert.Equal(new MessageHeader(id, type, session), header);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"msg_id\":\"a\"")]
    [InlineData("{\"msg_id\":\"a\"}{}")]
    [InlineData("{\"msg_id\":\"\\ud800\"}")]
    public void TryParse_NoObject_IsFalse(string json) => Assert.False(MessageHeader.TryParse(Encoding.UTF8.GetBytes(json), out _));

    [Fact]
    public void TryParse_AnyBytes_NeverThrows()
    {
        var random = new Random(5);
        var whole = MessageHeader.Create("status", "s", "u", default, out _);
        var parsed = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = whole.ToArray();
            for (var faults = random.Next(1, 4); faults > 0; faults--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            if (MessageHeader.TryParse(bytes.AsSpan(0, random.Next(bytes.Length + 1)), out _)) parsed++;
        }

        Assert.InRange(parsed, 0, 19_999);
    }
}

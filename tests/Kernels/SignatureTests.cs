using System.Text;

namespace Holdfast.Kernels.Tests;

public sealed class SignatureTests
{
    private static string Hex(int number) => $"{(ulong)number * 0x9E3779B97F4A7C15:x16}{new string('0', 48)}";

    [Fact]
    public void Sign_KnownMessage_IsJupyterClientsSignature()
    {
        // hmac.new(b'secret', digestmod='sha256') over the parts {"a":1}, {}, {}, {"b":2}
        using var signer = new MessageSigner("secret");
        var signature = new byte[64];
        var message = new KernelMessage("{\"a\":1}"u8.ToArray(), "{}"u8.ToArray(), "{}"u8.ToArray(), "{\"b\":2}"u8.ToArray(), ["not signed"u8.ToArray()]);

        Assert.Equal(64, signer.Sign(message, signature));
        Assert.Equal("9b14d94617bffb278285cea390d9dc17e01ec3188dba313f9548021906557a7b", Encoding.ASCII.GetString(signature));
    }

    [Fact]
    public void Check_SecondTime_IsRefused()
    {
        using var signer = new MessageSigner("secret");
        var seen = new SeenSignatures();
        var signature = new byte[64];
        var message = new KernelMessage("{}"u8.ToArray(), default, default, default, []);
        signer.Sign(message, signature);

        Assert.Null(signer.Check(message, signature, seen));
        Assert.Contains("twice", signer.Check(message, signature, seen), StringComparison.Ordinal);
        Assert.Contains("wrong", signer.Check(message with { Content = "{}"u8.ToArray() }, signature, seen), StringComparison.Ordinal);
        Assert.Contains("wrong", signer.Check(message, [], seen), StringComparison.Ordinal);
    }

    [Fact]
    public void Check_WithoutAKey_TakesEverything()
    {
        using var signer = new MessageSigner("");
        Assert.Equal(0, signer.Sign(default, []));
        Assert.Null(signer.Check(default, "anything"u8, new SeenSignatures()));
    }

    [Fact]
    public void Seen_TheLast32768_AreRememberedAndOlderForgottenInTime()
    {
        var seen = new SeenSignatures();
        for (var i = 0; i < 200_000; i++)
        {
            Assert.True(seen.Add(Encoding.ASCII.GetBytes(Hex(i))));
            if (i >= 32_768 && i % 1000 == 0) Assert.False(seen.Add(Encoding.ASCII.GetBytes(Hex(i - 32_767))));
        }

        Assert.True(seen.Add(Encoding.ASCII.GetBytes(Hex(0))));
    }
}

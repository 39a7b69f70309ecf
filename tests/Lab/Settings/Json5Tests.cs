using System.Text;
using Holdfast.Lab.Settings;

namespace Holdfast.Lab.Tests.Settings;

public sealed class Json5Tests
{
    [Theory]
    [InlineData("{}", "{}")]
    [InlineData("// first\n{ /* a */ 'theme': 'Dark', size: +0x1F, list: [1, .5, -2e3,], }", """{"theme":"Dark","size":31,"list":[1,0.5,-2000]}""")]
    [InlineData("\ufeff{\"a\":null,\"b\":true,\"c\":\"x\\u0041\\x42\\'\\\n\"}", """{"a":null,"b":true,"c":"xAB\u0027"}""")]
    public void Text_BecomesJson(string text, string json)
    {
        var (done, fault) = Json5.Convert(text);
        Assert.Null(fault);
        Assert.Equal(json, Encoding.UTF8.GetString(done!.Value.Span));
    }

    [Theory]
    [InlineData("{\n  \"a\": \n}", "a value is expected (line 3, column 1)")]
    [InlineData("{'a' 1}", "':' is expected after a name (line 1, column 6)")]
    [InlineData("{a: 1} x", "something follows the value (line 1, column 8)")]
    [InlineData("{a: 'x", "a string is not closed (line 1, column 7)")]
    [InlineData("{a: 1 /* x", "a comment is not closed (line 1, column 7)")]
    [InlineData("[1 2]", "',' or ']' is expected (line 1, column 4)")]
    [InlineData("{a: NaN}", "'NaN' is no value (line 1, column 5)")]
    [InlineData("", "a value is expected (line 1, column 1)")]
    public void Fault_IsNamedWithItsPlace(string text, string expected) => Assert.Equal((null, expected), Json5.Convert(text));

    [Fact]
    public void Nesting_WithoutEnd_IsRefused() => Assert.StartsWith("the nesting is too deep", Json5.Convert(new string('[', 100_000)).Fault, StringComparison.Ordinal);
}

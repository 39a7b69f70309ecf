using System.Buffers;
using System.Text;
using System.Text.Json;
using Holdfast.Notebooks.Running;

namespace Holdfast.Notebooks.Tests.Running;

/// <summary>Values of parameters: what words and YAML mean, and how languages and JSON write them.</summary>
public sealed class ParameterTests
{
    [Theory]
    [InlineData("True", "True")]
    [InlineData("False", "False")]
    [InlineData("None", "None")]
    [InlineData("true", "\"true\"")]
    [InlineData("12", "12")]
    [InlineData("-0", "0")]
    [InlineData("+7", "7")]
    [InlineData("007", "7")]
    [InlineData(" 3 ", "3")]
    [InlineData("1_000", "1000")]
    [InlineData("1__0", "\"1__0\"")]
    [InlineData("_1", "\"_1\"")]
    [InlineData("123456789012345678901234567890", "123456789012345678901234567890")]
    [InlineData("1e-3", "0.001")]
    [InlineData("1.", "1.0")]
    [InlineData(".5", "0.5")]
    [InlineData("1e400", "float('inf')")]
    [InlineData("-inf", "float('-inf')")]
    [InlineData("nan", "float('nan')")]
    [InlineData("1,000", "\"1,000\"")]
    [InlineData("0x10", "\"0x10\"")]
    [InlineData("1e", "\"1e\"")]
    [InlineData("-", "\"-\"")]
    [InlineData("", "\"\"")]
    [InlineData("say \"hi\"\n\\ ä \0", "\"say \\\"hi\\\"\\n\\\\ ä \\u0000\"")]
    public void Word_OfTheCommandLine_IsWhatPythonWouldRead(string word, string python) =>
        Assert.Equal($"# Parameters\nx = {python}\n", ParameterLanguage.Of("python")!.Assign([KeyValuePair.Create("x", ParameterValue.OfWord(word))]));

    [Fact]
    public void Yaml_OfEveryKind_IsAssignedInEachLanguage()
    {
        Assert.True(ParameterYaml.TryRead("a: 1e-3\nb: no\nc: [true, ~, -.inf, '5']\nd: {k: \"$v\", n: {}}\ne: 2020-01-02\nf: |\n  two\n  lines\ng: 1_000\n", out var values, out var error), error);

        Assert.Equal(
            "# Parameters\na = 0.001\nb = \"no\"\nc = [True, None, float('-inf'), \"5\"]\nd = {\"k\": \"$v\", \"n\": {}}\ne = \"2020-01-02\"\nf = \"two\\nlines\\n\"\ng = \"1_000\"\n",
            ParameterLanguage.Of(null)!.Assign(values));
        Assert.Contains("\nc = list(TRUE, NULL, -Inf, \"5\")\nd = list(\"k\" = \"$v\", \"n\" = list())\n", ParameterLanguage.Of("R")!.Assign(values), StringComparison.Ordinal);
        Assert.Contains("\nc = [true, nothing, -Inf, \"5\"]\nd = Dict(\"k\" => \"\\$v\", \"n\" => Dict())\n", ParameterLanguage.Of("julia")!.Assign(values), StringComparison.Ordinal);
        Assert.Null(ParameterLanguage.Of("ruby"));
        Assert.Equal("""{"a":0.001,"b":"no","c":[true,null,"-Infinity","5"],"d":{"k":"$v","n":{}},"e":"2020-01-02","f":"two\nlines\n","g":"1_000"}""", Json(values));
    }

    [Theory]
    [InlineData("[1]", "it is no mapping of names to values, like 'epochs: 3'.")]
    [InlineData("a: [", "line 2, column 1: ")]
    [InlineData("[1]: 2", "line 1, column 1: A name is a word, not a list or a mapping.")]
    public void Yaml_ThatIsBad_SaysWhere(string yaml, string said)
    {
        Assert.False(ParameterYaml.TryRead(yaml, out _, out var error));
        Assert.StartsWith(said, error, StringComparison.Ordinal);
    }

    [Fact]
    public void Yaml_ThatIsEmpty_SetsNothing()
    {
        Assert.True(ParameterYaml.TryRead("# only a comment\n", out var values, out _));
        Assert.Empty(values);
    }

    private static string Json(IReadOnlyList<KeyValuePair<string, ParameterValue>> values)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer)) ParameterValue.Write(json, values);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}

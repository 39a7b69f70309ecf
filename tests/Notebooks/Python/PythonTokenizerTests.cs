using System.Text.Json;
using Holdfast.Notebooks.Python;

namespace Holdfast.Notebooks.Tests.Python;

public class PythonTokenizerTests
{
    [Fact]
    public async Task Tokens_OfGeneratedSources_AreThoseOfTheTokenizeModule()
    {
        var sources = SourceGenerator.Sources(6000).ToList();

        var answers = await PythonPeer.AskAsync("tokens", sources);

        for (var number = 0; number < sources.Count; number++)
            Assert.True(Text(answers[number]) == Ours(sources[number]), $"Source {number}: {JsonSerializer.Serialize(sources[number])}\n{Text(answers[number])}\n{Ours(sources[number])}");
    }

    [Fact]
    public void LogicalLines_OfBracketsAndComments_EndWhereStatementsEnd()
    {
        var logical = PythonTokenizer.LogicalLines(PythonText.Lines("a = (1,\n # in\n 2)\n# alone\nb\n"));

        Assert.Equal([11, 2, 2, 1], logical.Select(line => line.Count));
    }

    private static string Text(JsonElement tokens) => string.Join('\n', tokens.EnumerateArray().Select(token => token.ToString()).Select(token => JsonSerializer.Serialize(JsonDocument.Parse(token))));

    private static string Ours(string source) => string.Join('\n', PythonTokenizer.Tokens(PythonText.Lines(source)).Select(token => JsonSerializer.Serialize(new object[]
    {
        token.Kind switch
        {
            TokenKind.NewLine => "NEWLINE",
            TokenKind.LineBreak => "NL",
            TokenKind.Operator => "OP",
            TokenKind.Error => "ERRORTOKEN",
            TokenKind.End => "ENDMARKER",
            var kind => kind.ToString().ToUpperInvariant(),
        },
        token.Text, token.Line, token.Column, token.EndLine, token.EndColumn,
    })));
}

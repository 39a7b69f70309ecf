using Holdfast.Cli.Tests.Running;

namespace Holdfast.Cli.Tests;

public sealed class UsageTests
{
    [Theory]
    [InlineData("", "Usage: holdfast VERB")]
    [InlineData("lab", "Usage: holdfast lab [DIR] [OPTIONS]")]
    [InlineData("lab password", "Usage: holdfast lab password [OPTIONS]")]
    [InlineData("ls", "Usage: holdfast ls [OPTIONS]")]
    [InlineData("outputs", "Usage: holdfast outputs NOTEBOOK [OPTIONS]")]
    [InlineData("keeper", "Usage: holdfast keeper VERB")]
    [InlineData("keeper run", "Usage: holdfast keeper run [OPTIONS]")]
    [InlineData("keeper ls", "Usage: holdfast keeper ls [OPTIONS]")]
    [InlineData("keeper stop", "Usage: holdfast keeper stop [OPTIONS]")]
    [InlineData("nb", "Usage: holdfast nb VERB")]
    [InlineData("nb cat", "Usage: holdfast nb cat FILE [OPTIONS]")]
    [InlineData("nb trust", "Usage: holdfast nb trust [FILE] [OPTIONS]")]
    [InlineData("data", "Usage: holdfast data VERB")]
    [InlineData("data pack", "Usage: holdfast data pack DIR [OPTIONS]")]
    [InlineData("data show", "Usage: holdfast data show PACK [OPTIONS]")]
    [InlineData("data weights", "Usage: holdfast data weights PACK [OPTIONS]")]
    [InlineData("data split", "Usage: holdfast data split PACK [OPTIONS]")]
    [InlineData("doctor", "Usage: holdfast doctor [OPTIONS]")]
    [InlineData("help", "Usage: holdfast help [VERB] [OPTIONS]")]
    [InlineData("version", "Usage: holdfast version [OPTIONS]")]
    public async Task Help_OfEveryVerb_FitsTheScreenAndNamesItself(string verb, string usage)
    {
        await using var place = new Place();

        var help = await place.RunAsync([.. Words(verb), "--help"]);

        Assert.Equal((0, ""), (help.ExitCode, help.Errors));
        var lines = help.Out.Split('\n');
        Assert.Contains(usage, lines);
        Assert.Contains("  -h, --help", help.Out, StringComparison.Ordinal);
        Assert.All(lines, line => Assert.True(line.Length <= 100 && line == line.TrimEnd(), line));
    }

    [Theory]
    [InlineData("")]
    [InlineData("keeper")]
    [InlineData("nb")]
    public async Task Group_WithoutVerb_ShowsItsHelp(string verb)
    {
        await using var place = new Place();

        Assert.Equal(await place.RunAsync([.. Words(verb), "--help"]), await place.RunAsync([.. Words(verb)]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("outputs")]
    [InlineData("keeper ls")]
    public async Task HelpVerb_OfAVerb_ShowsItsHelp(string verb)
    {
        await using var place = new Place();

        Assert.Equal(await place.RunAsync([.. Words(verb), "--help"]), await place.RunAsync(["help", .. Words(verb)]));
    }

    [Theory]
    [InlineData("lsx", "'holdfast' has no verb 'lsx'. Did you mean 'ls'?", "holdfast")]
    [InlineData("macine ls", "'holdfast' has no verb 'macine'. Did you mean 'machine'?", "holdfast")]
    [InlineData("frobnicate", "'holdfast' has no verb 'frobnicate'.", "holdfast")]
    [InlineData("keeper stpo", "'holdfast keeper' has no verb 'stpo'. Did you mean 'stop'?", "holdfast keeper")]
    [InlineData("ls --otput", "'holdfast ls' has no option '--otput'. Did you mean '--output'?", "holdfast ls")]
    [InlineData("ls -o xml", "--output is text or json, not 'xml'.", "holdfast ls")]
    [InlineData("doctor -o", "--output needs a value.", "holdfast doctor")]
    [InlineData("outputs", "'holdfast outputs' needs NOTEBOOK.", "holdfast outputs")]
    [InlineData("nb cat", "'holdfast nb cat' needs FILE.", "holdfast nb cat")]
    [InlineData("nb cat a b", "'holdfast nb cat' takes no further word 'b'.", "holdfast nb cat")]
    [InlineData("lab --port 65536", "--port is a number from 0 to 65535, not '65536'.", "holdfast lab")]
    [InlineData("lab --port", "--port needs a value.", "holdfast lab")]
    [InlineData("lab password --now", "'holdfast lab password' has no option '--now'.", "holdfast lab password")]
    [InlineData("keeper run --state", "--state needs a value.", "holdfast keeper run")]
    [InlineData("help lsx", "'holdfast' has no verb 'lsx'. Did you mean 'ls'?", "holdfast")]
    [InlineData("help keeper lsx", "'holdfast keeper' has no verb 'lsx'. Did you mean 'ls'?", "holdfast keeper")]
    [InlineData("keeper stop now", "'holdfast keeper stop' takes no further word 'now'.", "holdfast keeper stop")]
    public async Task CommandLine_NotUnderstood_IsSaidWithTheCode2(string words, string fault, string path)
    {
        await using var place = new Place();

        var ran = await place.RunAsync(Words(words));

        Assert.Equal(new Ran(2, "", $"holdfast: {fault}\n'{path} --help' says more.\n"), ran);
    }

    [Fact]
    public async Task Version_Asked_IsOneLine()
    {
        await using var place = new Place();

        var version = await place.RunAsync("--version");

        Assert.Matches(@"^\d+\.\d+\.\d+\n$", version.Out);
        Assert.Equal(version, await place.RunAsync("-V"));
        Assert.Equal(version, await place.RunAsync("version"));
    }

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}

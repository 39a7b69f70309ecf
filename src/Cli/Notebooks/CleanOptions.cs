using System.Collections.Concurrent;
using System.CommandLine;
using Holdfast.Notebooks.Cleaning;

namespace Holdfast.Cli.Notebooks;

/// <summary>The options that say what cleaning leaves; the project's settings say the rest.</summary>
internal sealed class CleanOptions
{
    private readonly Option<bool> _keepOutputs = new("--keep-outputs") { Description = "Keep outputs, whatever the project's settings say. The default." };
    private readonly Option<bool> _stripOutputs = new("--strip-outputs") { Description = "Take outputs out too, but those of cells tagged keep_output." };
    private readonly Option<bool> _keepIds = new("--keep-ids") { Description = "Keep memory addresses (<f at 0x7f…>) in outputs, as nbdev's clean_ids = False. Ids of cells always stay." };

    public void AddTo(Command command)
    {
        command.Add(_keepOutputs);
        command.Add(_stripOutputs);
        command.Add(_keepIds);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_keepOutputs) && result.GetValue(_stripOutputs)) result.AddError("--keep-outputs and --strip-outputs exclude each other.");
        });
    }

    /// <summary>The options that were given, for another command line.</summary>
    public IEnumerable<string> Given(ParseResult parse) => new[] { _keepOutputs, _stripOutputs, _keepIds }.Where(parse.GetValue).Select(option => option.Name);

    /// <summary>Gives the rules for the notebooks of a folder. Safe for several threads; a folder's settings are read once.</summary>
    public Func<string, CleanRules> Rules(ParseResult parse)
    {
        var (keep, strip, ids) = (parse.GetValue(_keepOutputs), parse.GetValue(_stripOutputs), parse.GetValue(_keepIds));
        var known = new ConcurrentDictionary<string, CleanRules>(StringComparer.Ordinal);
        return folder => known.GetOrAdd(folder, _ =>
        {
            var rules = CleanRules.From(ProjectSettings.For(folder));
            return rules with { StripOutputs = strip || (rules.StripOutputs && !keep), ClearAll = rules.ClearAll && !keep, KeepIds = ids || rules.KeepIds };
        });
    }
}

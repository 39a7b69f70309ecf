using System.CommandLine;
using Holdfast.Cli.Running;

namespace Holdfast.Cli.Notebooks;

/// <summary><c>holdfast nb</c>: the notebook tools, which need no server.</summary>
internal static class NbVerb
{
    public static Command Create() => new("nb", "Notebook tools. They need no server.")
    {
        CatVerb.Create(),
        TrustVerb.Create(),
        ExportVerb.Create(),
        ParamsVerb.Create(),
        ToVerb.Create(),
        FromVerb.Create(),
        SiteVerb.Create(),
        RunVerb.Create(),
        TestVerb.Create(),
        CleanVerb.Create(),
        DiffVerb.Create(),
        MergeVerb.Create(),
        FixVerb.Create(),
        HooksVerb.CreateInstall(),
        HooksVerb.CreateUninstall(),
        HooksRunVerb.Create(),
        FilterVerb.Create(),
        DiffTextconvVerb.Create(),
    };
}

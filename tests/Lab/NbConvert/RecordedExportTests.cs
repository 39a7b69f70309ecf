using Holdfast.Lab.Tests.Kernels;
using Holdfast.Lab.Tests.Recording;

namespace Holdfast.Lab.Tests.NbConvert;
